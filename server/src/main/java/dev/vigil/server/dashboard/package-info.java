/**
 * The pages of clinicians: "Now" with live alerts, and a patient with a chart.
 *
 * <p>Comes in: sessions of physicians and nurses. Goes out: HTML, server-sent events,
 * acknowledgements. Owns no table.
 */
package dev.vigil.server.dashboard;
