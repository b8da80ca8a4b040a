/**
 * PostgreSQL, embedded or external, and the order in which the schemas are migrated.
 *
 * <p>Comes in: {@code vigil.db.*} and the data folder. Goes out: one migrated {@code DataSource},
 * and connections for short questions. Owns the embedded server's files.
 */
package dev.vigil.server.database;
