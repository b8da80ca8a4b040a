package dev.vigil.server.database;

import javax.sql.DataSource;

/**
 * Connections for short questions outside of transactions. PostgreSQL plans a statement once on
 * each of them, whatever its parameters: over many weeks a plan costs more than the answer. So a
 * statement has to be such that one plan is good for all parameters.
 *
 * @param dataSource to the same database as all others
 */
public record QuestionConnections(DataSource dataSource) {}
