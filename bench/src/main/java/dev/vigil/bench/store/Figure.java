package dev.vigil.bench.store;

/**
 * A cell of the table.
 *
 * @param value what ratios are made of
 * @param text what people read
 */
record Figure(double value, String text) {}
