/**
 * Checks of the repository as a whole. Comes in: the compiled classes of every module, the pages,
 * the scripts and the compose file. Goes out: failing tests. Owns no table.
 */
package dev.vigil.house;
