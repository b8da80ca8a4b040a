package dev.vigil.core.event;

/**
 * What is left of an event that was about one person alone who has been erased since. It is read
 * from the log and never appended. An event about several persons stays what it was and lacks what
 * it told about the erased one.
 */
public record ContentErased() implements Event {}
