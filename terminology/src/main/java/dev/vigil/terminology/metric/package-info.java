/**
 * The metric catalogue: which LOINC and MDC codes mean which metric, in which units, what a sensor
 * can plausibly report, and in which ranges of values time is counted.
 *
 * <p>Comes in: codes, quantities. Goes out: metric definitions, plausible ranges, ranges that time
 * is counted in. Owns no table; its rows are the resources {@code metrics.tsv} and {@code
 * ranges.tsv}.
 */
package dev.vigil.terminology.metric;
