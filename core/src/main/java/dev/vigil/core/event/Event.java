package dev.vigil.core.event;

/** A past fact of the log. Never changed; a new meaning is a new type. */
public sealed interface Event
    permits ResourcesWritten, AlertEvent, RetentionEvent, PersonErased, ContentErased {}
