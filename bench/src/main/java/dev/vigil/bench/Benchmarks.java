package dev.vigil.bench;

import dev.vigil.bench.memory.MemoryCommand;
import dev.vigil.bench.store.StoreCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry point: the benchmarks that start their own servers. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Starts servers of its own, measures them and prints a table.",
    subcommands = {StoreCommand.class, MemoryCommand.class})
public final class Benchmarks implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs a benchmark and ends the process with its exit code. */
  public static void main(String[] arguments) {
    CommandLine line = new CommandLine(new Benchmarks());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, result) -> {
          command.getErr().println("vigil: " + failure.getMessage());
          return command.getCommandSpec().exitCodeOnExecutionException();
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a benchmark: store or memory");
  }
}
