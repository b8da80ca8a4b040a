package dev.vigil.server.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;

/**
 * Authorizations in memory, forgotten an hour after they were last saved, so that a client that
 * fetches a token each minute does not fill the heap. A restart forgets all: tokens stay good, for
 * their signature is, but introspection answers {@code active=false} for older ones.
 */
final class ShortLivedAuthorizations implements OAuth2AuthorizationService {

  private static final Duration KEPT = Duration.ofHours(1);

  private final InMemoryOAuth2AuthorizationService memory =
      new InMemoryOAuth2AuthorizationService();
  private final Queue<Saved> saved = new ConcurrentLinkedQueue<>();
  private final Clock clock;

  ShortLivedAuthorizations(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void save(OAuth2Authorization authorization) {
    Instant now = clock.instant();
    memory.save(authorization);
    saved.add(new Saved(authorization, now));
    for (Saved oldest = saved.peek();
        oldest != null && oldest.at().plus(KEPT).isBefore(now);
        oldest = saved.peek()) {
      saved.poll();
      // Removes only this very version: one saved again since then stays.
      memory.remove(oldest.authorization());
    }
  }

  @Override
  public void remove(OAuth2Authorization authorization) {
    memory.remove(authorization);
  }

  @Override
  public OAuth2Authorization findById(String id) {
    return memory.findById(id);
  }

  @Override
  public OAuth2Authorization findByToken(String token, OAuth2TokenType type) {
    return memory.findByToken(token, type);
  }

  private record Saved(OAuth2Authorization authorization, Instant at) {}
}
