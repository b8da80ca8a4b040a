/**
 * Which device is known, whose it was when, and how often it measures what.
 *
 * <p>Comes in: Device and DeviceMetric resources as they are written and deleted. Goes out:
 * assignments at a moment, sampling intervals. Owns {@code telemetry.device}, {@code
 * telemetry.device_assignment}, {@code telemetry.device_metric} and {@code
 * telemetry.device_metric_source}.
 */
package dev.vigil.telemetry.device;
