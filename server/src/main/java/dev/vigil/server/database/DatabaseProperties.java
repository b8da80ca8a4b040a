package dev.vigil.server.database;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where the data is.
 *
 * @param data folder of the embedded PostgreSQL and everything else that Vigil keeps in files
 * @param url JDBC URL of an external PostgreSQL 18 or newer; empty for the embedded one
 * @param user of the external PostgreSQL that the server works under; without an owner it needs the
 *     right to create schemas in its database
 * @param password of that user
 * @param ownerUser user of the external PostgreSQL that owns the tables and changes them at an
 *     update; empty if {@code user} does both
 * @param ownerPassword of that user
 * @param connections largest number of connections in the pool; half as many again are for reads
 */
@Validated
@ConfigurationProperties("vigil.db")
public record DatabaseProperties(
    @DefaultValue("data") Path data,
    @DefaultValue("") String url,
    @DefaultValue("") String user,
    @DefaultValue("") String password,
    @DefaultValue("") String ownerUser,
    @DefaultValue("") String ownerPassword,
    @DefaultValue("20") int connections) {

  /** Whether Vigil runs its own PostgreSQL. */
  public boolean embedded() {
    return url.isBlank();
  }

  /** Hides the passwords. */
  @Override
  public String toString() {
    return "DatabaseProperties[embedded=" + embedded() + "]";
  }
}
