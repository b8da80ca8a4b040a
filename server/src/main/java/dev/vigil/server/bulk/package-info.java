/**
 * Work on many resources that a client asks for once and comes back for: a durable table of jobs,
 * threads that run them, sealed files of what they found, and the answers to those who ask how far
 * they are.
 *
 * <p>Comes in: jobs of the packages below. Goes out: status, manifest and files, to the client that
 * asked. Owns {@code telemetry.bulk_job}, {@code telemetry.bulk_file} and the folder {@code bulk}
 * of the data folder.
 */
package dev.vigil.server.bulk;
