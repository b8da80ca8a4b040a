package dev.vigil.telemetry.key;

import dev.vigil.telemetry.Timestamptz;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Ed25519 keys that sign heads of the log. The private half is wrapped by the key service and never
 * stored in clear: who can only write to the database cannot sign.
 */
public final class SigningKeys {

  private static final String ED25519 = "Ed25519";

  private record Stored(UUID id, WrappedKey wrapped) {

    private static Stored of(ResultSet row) throws SQLException {
      return new Stored(
          row.getObject("key_id", UUID.class),
          new WrappedKey(row.getString("master_key"), row.getBytes("wrapped_key")));
    }
  }

  /** A key that signs. */
  public static final class Signer {

    private final UUID id;
    private final PrivateKey key;

    private Signer(UUID id, PrivateKey key) {
      this.id = id;
      this.key = key;
    }

    /** Names the key. */
    public UUID id() {
      return id;
    }

    /** The 64 bytes of the signature. */
    public byte[] sign(byte[] text) {
      try {
        Signature signature = Signature.getInstance(ED25519);
        signature.initSign(key);
        signature.update(text);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has Ed25519", e);
      }
    }
  }

  private final JdbcClient jdbc;
  private final KeyService service;
  private final Clock clock;

  /** Keeps keys in {@code telemetry.signing_key}. */
  public SigningKeys(DataSource dataSource, KeyService service, Clock clock) {
    this.jdbc = JdbcClient.create(dataSource);
    this.service = service;
    this.clock = clock;
  }

  /**
   * The newest key. Makes the first one in the caller's transaction.
   *
   * @throws KeyUnavailableException if the key service cannot unwrap it
   */
  public Signer newest() {
    return jdbc.sql(
            """
            select key_id, master_key, wrapped_key from telemetry.signing_key
            order by created_at desc, key_id limit 1
            """)
        .query((row, n) -> Stored.of(row))
        .optional()
        .map(stored -> new Signer(stored.id(), privateKey(stored)))
        .orElseGet(this::add);
  }

  /** The public halves of all keys, oldest first: X.509, DER. */
  public Map<UUID, byte[]> publicKeys() {
    Map<UUID, byte[]> keys = new LinkedHashMap<>();
    jdbc.sql("select key_id, public_key from telemetry.signing_key order by created_at, key_id")
        .query(
            row -> {
              keys.put(row.getObject("key_id", UUID.class), row.getBytes("public_key"));
            });
    return keys;
  }

  private Signer add() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
      UUID id = UUID.randomUUID();
      WrappedKey wrapped = service.wrap(pair.getPrivate().getEncoded(), context(id));
      jdbc.sql(
              """
              insert into telemetry.signing_key (key_id, public_key, master_key, wrapped_key,
                created_at)
              values (:id, :public, :master, :wrapped, :now)
              """)
          .param("id", id)
          .param("public", pair.getPublic().getEncoded())
          .param("master", wrapped.masterKey())
          .param("wrapped", wrapped.bytes())
          .param("now", Timestamptz.of(clock.instant()))
          .update();
      return new Signer(id, pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has Ed25519", e);
    }
  }

  /** Ids of keys that another master key than this one wraps. */
  List<UUID> notWrappedBy(String master) {
    return jdbc.sql("select key_id from telemetry.signing_key where master_key <> :master")
        .param("master", master)
        .query(UUID.class)
        .list();
  }

  /** Wraps a key by the newest master key, in the caller's transaction. */
  void rewrap(UUID id) {
    Stored old =
        jdbc.sql(
                """
                select key_id, master_key, wrapped_key from telemetry.signing_key
                where key_id = :id for update
                """)
            .param("id", id)
            .query((row, n) -> Stored.of(row))
            .single();
    WrappedKey wrapped = service.wrap(service.unwrap(old.wrapped(), context(id)), context(id));
    jdbc.sql(
            """
            update telemetry.signing_key set master_key = :master, wrapped_key = :wrapped
            where key_id = :id
            """)
        .param("master", wrapped.masterKey())
        .param("wrapped", wrapped.bytes())
        .param("id", id)
        .update();
  }

  private PrivateKey privateKey(Stored stored) {
    try {
      return KeyFactory.getInstance(ED25519)
          .generatePrivate(
              new PKCS8EncodedKeySpec(service.unwrap(stored.wrapped(), context(stored.id()))));
    } catch (GeneralSecurityException e) {
      throw new KeyUnavailableException("signing key " + stored.id() + " cannot be read", e);
    }
  }

  private static String context(UUID id) {
    return "signing " + id;
  }
}
