/**
 * What the caller may do: one decision per request from tenant, scopes and role, enforced by HAPI
 * interceptors before the request is handled, on every write and on everything that goes out.
 *
 * <p>Comes in: the {@code Authentication}. Goes out: the request's tenant, a refusal, or the {@code
 * Actor} for the log. Owns the rows of HAPI's partition table.
 */
package dev.vigil.server.access;
