/**
 * The demo's ward: twenty invented patients, their devices and what these measure.
 *
 * <p>In: a clock and a seed. Out: registration and reading bundles; the same seed and moment always
 * give the same value. Owns no table.
 */
package dev.vigil.simulator.ward;
