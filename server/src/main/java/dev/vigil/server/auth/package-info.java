/**
 * Who is calling: the authorization server (SMART backend services), the accounts of people, the
 * login page and the filter chains that make every door but a named few ask.
 *
 * <p>Comes in: {@code vigil.auth.*}, {@code vigil.demo.enabled}, HTTP. Goes out: signed access
 * tokens and sessions. Owns no tables; keeps {@code keys/} and {@code demo-credentials.properties}
 * in the data folder.
 */
package dev.vigil.server.auth;
