package dev.vigil.server.bulk;

import java.io.IOException;

/** How jobs of one kind are done. */
public interface BulkWork {

  /** Of which jobs. */
  BulkJob.Kind kind();

  /**
   * Does a job, from where the files of an earlier attempt end.
   *
   * @throws BulkProblem if it cannot be done and never will be
   */
  void run(BulkRun run) throws IOException, BulkProblem;
}
