/**
 * Clinical rules: PlanDefinitions compiled into conditions, and the engine that judges readings by
 * event time.
 *
 * <p>Comes in: PlanDefinitions, readings of the log, windows of those families of signals that may
 * raise or clear. Goes out: steps of episodes, handed to {@code alert}. Owns {@code
 * subscriptions.episode}.
 */
package dev.vigil.subscriptions.rule;
