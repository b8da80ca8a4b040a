package dev.vigil.server.cli;

import dev.vigil.telemetry.log.ChainVerifier;
import dev.vigil.telemetry.log.ChainVerifier.Verification;
import dev.vigil.telemetry.log.ChainVerifier.Witnessed;
import dev.vigil.telemetry.log.FileWitness;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code vigil verify-log}: walks the hash chain, beside a running server, without one, or in a
 * dump. It takes no key that decrypts.
 */
@Command(
    name = "verify-log",
    mixinStandardHelpOptions = true,
    description = "Walks the hash chain of the event log and holds it against the witness.",
    exitCodeOnExecutionException = 2,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the chain is whole",
      "1:a link is broken",
      "2:could not be verified; the reason is on standard error"
    })
final class VerifyLogCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--dump", description = "a plain dump of pg_dump, instead of the database")
  private Path dump;

  @Option(names = "--witness", description = "file of the witness (default: that of VIGIL_WITNESS)")
  private Path witness;

  @Option(
      names = "--public-key",
      description = "file of the public keys (default: the witness's name and .pub)")
  private Path publicKey;

  @Override
  public Integer call() throws Exception {
    // Before the walk: what is witnessed later the walk may not have seen.
    Witnessed witnessed = witnessed();
    return dump == null ? database(witnessed) : print(ChainVerifier.verifyDump(dump, witnessed));
  }

  private int database(Witnessed witnessed) throws Exception {
    try (DataFolder data = DataFolder.open()) {
      return print(new ChainVerifier(data.dataSource()).verify(witnessed));
    }
  }

  private Witnessed witnessed() throws IOException {
    Path file = witness == null ? DataFolder.witness() : witness;
    if (witness == null && publicKey == null && !Files.exists(file)) {
      return Witnessed.NOTHING;
    }
    Path keys = publicKey == null ? FileWitness.keysBeside(file) : publicKey;
    return new Witnessed(FileWitness.read(file), FileWitness.readKeys(keys));
  }

  private int print(Verification found) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("events " + found.events());
    out.println("head   " + found.headSequence() + " " + found.headHash());
    out.println("signed " + found.heads() + " heads");
    if (found.broken().isEmpty()) {
      out.println("chain  whole");
      return 0;
    }
    ChainVerifier.BrokenLink broken = found.broken().get();
    out.println("chain  broken at event " + broken.sequence() + ": " + broken.reason());
    return 1;
  }
}
