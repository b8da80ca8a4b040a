package dev.vigil.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.web.server.PortInUseException;

class VigilCommandTest {

  @Test
  void namesThePortThatIsInUseAndTheSettings() {
    Throwable failure =
        new IllegalStateException(
            "the web server did not start",
            new PortInUseException(8080, new BindException("Address already in use")));

    assertThat(VigilCommand.reason(failure))
        .startsWith("port 8080 is in use")
        .contains("VIGIL_PORT", "VIGIL_MANAGEMENT_PORT")
        .hasLineCount(1);
  }

  @Test
  void elseSaysTheInnermostReason() {
    assertThat(VigilCommand.reason(new RuntimeException("outer", new RuntimeException("inner"))))
        .isEqualTo("inner");
  }

  @Test
  void aFolderWithoutADatabaseIsLeftAsItIs(@TempDir Path folder) {
    Path mistyped = folder.resolve("dta");

    assertThatThrownBy(() -> DataFolder.embedded(mistyped))
        .hasMessageContaining("no database in " + mistyped)
        .hasMessageContaining("VIGIL_DATA");
    assertThat(mistyped).doesNotExist();
  }

  @Test
  void serveSaysHowToDeclareAClientOnlyWhereThereIsNone() {
    assertThat(ServeCommand.clients(0)).contains("no client yet", "docs/guide/operate.md");
    assertThat(ServeCommand.clients(2)).contains("2").doesNotContain("no client");
  }
}
