package dev.vigil.server.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lets a start without a database end with its reason instead of a stack trace. */
final class DatabaseStartFailure extends AbstractFailureAnalyzer<DatabaseStartException> {

  @Override
  protected FailureAnalysis analyze(Throwable start, DatabaseStartException cause) {
    return new FailureAnalysis(cause.getMessage(), null, cause);
  }
}
