/**
 * Which device is known, and whose it was when.
 *
 * <p>Comes in: Device and DeviceMetric resources as they are written. Goes out: assignments at a
 * moment. Owns {@code telemetry.device}, {@code telemetry.device_assignment} and {@code
 * telemetry.device_metric}.
 */
package dev.vigil.telemetry.device;
