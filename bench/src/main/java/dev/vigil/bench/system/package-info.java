/**
 * What is measured, as a benchmark sees it: the server's process, the peer's process, the database
 * behind each, and their doors.
 *
 * <p>Comes in: where the server's jar is and how large a heap may be. Goes out: started processes,
 * answers, sizes, memory. Owns no table.
 */
package dev.vigil.bench.system;
