package dev.vigil.server.cli;

import dev.vigil.server.database.DatabaseStartException;
import dev.vigil.simulator.load.SimulateCommand;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.NestedExceptionUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point of the jar. */
@Command(
    name = "vigil",
    mixinStandardHelpOptions = true,
    version = "Vigil 0.1.0",
    description = "A FHIR-native server for medical-device monitoring.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed; the reason is on standard error", "2:wrong arguments"},
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      TokenCommand.class,
      CodeCommand.class,
      VerifyLogCommand.class,
      RebuildCommand.class,
      RotateKeysCommand.class,
      RetentionCommand.class,
      SimulateCommand.class,
      BenchCommand.class
    })
public final class VigilCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs a command and ends the process with its exit code, unless a server keeps it alive. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new VigilCommand());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println("vigil: " + reason(failure));
          return command.getCommandSpec().exitCodeOnExecutionException();
        });
    int code = line.execute(arguments);
    if (code != ServerProcess.RUNNING) {
      System.exit(code);
    }
  }

  /** One line that says why, with what to do where that is known. */
  static String reason(Throwable failure) {
    Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException taken) {
        return "port "
            + taken.getPort()
            + " is in use: stop what listens there, or set VIGIL_PORT and VIGIL_MANAGEMENT_PORT";
      }
      if (cause instanceof DatabaseStartException) {
        root = cause;
      }
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command; see vigil --help");
  }
}
