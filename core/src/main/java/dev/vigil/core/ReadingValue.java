package dev.vigil.core;

/** What a device measured: a number with its unit, or a code. */
public sealed interface ReadingValue permits Quantity, Code {}
