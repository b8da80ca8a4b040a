package dev.vigil.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.TenantId;
import dev.vigil.server.VigilServer;
import dev.vigil.telemetry.key.DataKey;
import dev.vigil.telemetry.key.DataKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealedLinesTest {

  private static final String LINE = "{\"resourceType\":\"Patient\",\"id\":\"Marmaduke\"}";

  @TempDir private Path folder;
  private final DataKey key =
      VigilServer.get().bean(DataKeys.class).tenantKey(new TenantId("demo"));

  private Path write(int lines) throws IOException {
    Path file = folder.resolve("file");
    try (SealedLines.Writer writer = SealedLines.write(file, key, "here")) {
      for (int i = 0; i < lines; i++) {
        writer.line(LINE + i);
      }
      writer.finish();
    }
    return file;
  }

  private String read(Path file, String context) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SealedLines.Reader reader = SealedLines.read(file, key, context)) {
      reader.copyTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void givesBackWhatWasWrittenOverManyChunks() throws IOException {
    String read = read(write(20_000), "here");

    assertThat(read.lines()).hasSize(20_000).startsWith(LINE + 0).endsWith(LINE + 19_999);
  }

  @Test
  void showsNothingAndLetsNobodyElseRead() throws IOException {
    Path file = write(10);

    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .doesNotContain("Marmaduke");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesAChangedByteAnotherPlaceAndAMissingEnd() throws IOException {
    Path file = write(20_000);
    byte[] whole = Files.readAllBytes(file);

    assertThatThrownBy(() -> read(file, "there")).isInstanceOf(IOException.class);
    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    Files.write(file, changed);
    assertThatThrownBy(() -> read(file, "here")).isInstanceOf(IOException.class);
    Files.write(file, Arrays.copyOf(whole, whole.length - 32));
    assertThatThrownBy(() -> read(file, "here")).isInstanceOf(IOException.class);
  }
}
