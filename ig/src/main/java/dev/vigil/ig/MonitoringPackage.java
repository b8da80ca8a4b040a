package dev.vigil.ig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The FHIR R4 package {@code dev.vigil.monitoring} on the classpath, in a folder or a jar.
 *
 * <p>Profiles are differentials: a validator generates their snapshots.
 */
public final class MonitoringPackage {

  /** The package's name in the registry of FHIR packages. */
  public static final String NAME = "dev.vigil.monitoring";

  private static final String ROOT = "/package/";
  private static final String EXAMPLES = "example/";
  private static final Pattern FILE_NAME = Pattern.compile("\"filename\"\\s*:\\s*\"([^\"]+)\"");

  private MonitoringPackage() {}

  /**
   * One resource of the package.
   *
   * @param type the resource type
   * @param id the logical id, the same in every installation
   * @param path where it lies, from the package's folder
   */
  public record Entry(String type, String id, String path) {

    private static Entry in(String folder, String fileName) {
      int dash = fileName.indexOf('-');
      String id = fileName.substring(dash + 1, fileName.length() - ".json".length());
      return new Entry(fileName.substring(0, dash), id, folder + fileName);
    }

    /** The resource as FHIR JSON. */
    public String json() {
      return text(path);
    }
  }

  /**
   * Profiles, extensions, code systems, value sets, search parameters, operations, topics and
   * rules, each after those it names.
   */
  public static List<Entry> conformance() {
    return indexed("");
  }

  /**
   * Synthetic examples of readings, devices and alerts, a device after its patient and a channel
   * after its device.
   */
  public static List<Entry> examples() {
    return indexed(EXAMPLES);
  }

  private static List<Entry> indexed(String folder) {
    return FILE_NAME
        .matcher(text(folder + ".index.json"))
        .results()
        .map(match -> Entry.in(folder, match.group(1)))
        .toList();
  }

  private static String text(String path) {
    try (InputStream in = MonitoringPackage.class.getResourceAsStream(ROOT + path)) {
      if (in == null) {
        throw new IllegalStateException("the package " + NAME + " lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the package " + NAME + " cannot be read: " + path, e);
    }
  }
}
