package dev.vigil.server.cli;

import dev.vigil.server.auth.DemoCredentials;
import dev.vigil.server.auth.OneTimeCodes;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vigil code}: what a demo user's authenticator app would show now. */
@Command(
    name = "code",
    mixinStandardHelpOptions = true,
    description = "Prints the login code of a demo user, for whom has no authenticator app.")
final class CodeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--user",
      required = true,
      description = "physician, nurse, patient, engineer or admin")
  private String user;

  @Override
  public Integer call() {
    OneTimeCodes codes = new OneTimeCodes(DemoCredentials.load(DataFolder.path()).secondFactors());
    spec.commandLine().getOut().println(codes.code(user, Instant.now()));
    return 0;
  }
}
