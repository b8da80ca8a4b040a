/**
 * The command line: {@code vigil demo}, {@code serve}, {@code token}, {@code verify-log}, {@code
 * retention}, {@code simulate}, {@code bench}.
 *
 * <p>Comes in: arguments and environment. Goes out: a running server, or text and an exit code.
 * Owns no table.
 */
package dev.vigil.server.cli;
