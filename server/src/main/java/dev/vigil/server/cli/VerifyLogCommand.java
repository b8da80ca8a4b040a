package dev.vigil.server.cli;

import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.ChainVerifier.Verification;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vigil verify-log}: walks the hash chain, beside a running server or without one. */
@Command(
    name = "verify-log",
    mixinStandardHelpOptions = true,
    description = "Walks the hash chain of the event log; exit code 1 if a link is broken.")
final class VerifyLogCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    try (DataFolder data = DataFolder.open()) {
      Verification found = new ChainVerifier(data.dataSource()).verify();
      PrintWriter out = spec.commandLine().getOut();
      out.println("events " + found.events());
      out.println("head   " + found.headSequence() + " " + found.headHash());
      if (found.broken().isEmpty()) {
        out.println("chain  whole");
        return 0;
      }
      ChainVerifier.BrokenLink broken = found.broken().get();
      out.println("chain  broken at event " + broken.sequence() + ": " + broken.reason());
      return 1;
    }
  }
}
