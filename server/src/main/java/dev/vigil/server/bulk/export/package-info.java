/**
 * Bulk Data Export (Bulk Data Access IG 2.0.0) of a tenant: everything, all patients, or those of a
 * Group.
 *
 * <p>Comes in: kick-off requests. Goes out: jobs, and the lines of their files, from HAPI's tables
 * and from our store alike. Owns no table.
 */
package dev.vigil.server.bulk.export;
