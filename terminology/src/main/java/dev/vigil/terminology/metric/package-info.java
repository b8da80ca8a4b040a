/**
 * The metric catalogue: which LOINC and MDC codes mean which metric, in which units, and what a
 * sensor can plausibly report.
 *
 * <p>Comes in: codes, quantities. Goes out: metric definitions, plausible ranges. Owns no table;
 * its rows are the resource {@code metrics.tsv}.
 */
package dev.vigil.terminology.metric;
