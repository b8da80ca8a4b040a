/**
 * Whole stories at the public wires of the started server, and what they share: a hospital with
 * bedsides whose devices post readings.
 */
package dev.vigil.server.story;
