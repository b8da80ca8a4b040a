package dev.vigil.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.Actor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

class AccessDecisionTest {

  private static final TenantId DEMO = new TenantId("demo");

  @AfterEach
  void forgetTheCaller() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void aClientCountsByItsSystemScopes() {
    AccessDecision decision =
        client("gateway", "gateway", "demo", "system/Observation.c user/*.rs").orElseThrow();

    assertThat(decision.tenant()).isEqualTo(DEMO);
    assertThat(decision.system()).isTrue();
    assertThat(decision.actor()).isEqualTo(new Actor("Device/gateway", "gateway"));
    assertThat(decision.allows("Observation", Permission.CREATE)).isTrue();
    assertThat(decision.allows("Patient", Permission.READ)).isFalse();
  }

  @Test
  void aTokenForAPersonAllowsNothingYet() {
    AccessDecision decision = client("app", "nurse", "demo", "system/*.cruds").orElseThrow();

    assertThat(decision.system()).isFalse();
    assertThat(decision.allows("Observation", Permission.READ)).isFalse();
  }

  @Test
  void aTokenWithoutATenantIsNoCaller() {
    assertThat(client("gateway", "gateway", null, "system/*.cruds")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PHYSICIAN, Observation, SEARCH, true",
    "NURSE, Patient, READ, true",
    "NURSE, DetectedIssue, UPDATE, true",
    "NURSE, Observation, CREATE, false",
    "NURSE, Subscription, READ, false",
    "PATIENT, Observation, READ, false",
    "ENGINEER, Device, READ, true",
    "ENGINEER, Patient, READ, false",
    "ENGINEER, Observation, SEARCH, false",
    "ADMIN, PlanDefinition, CREATE, true",
    "ADMIN, Subscription, DELETE, true",
    "ADMIN, Patient, READ, false",
    "ADMIN, *, READ, false"
  })
  void aPersonCountsByRole(Role role, String type, Permission permission, boolean allowed) {
    assertThat(person(role).allows(type, permission)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "$lastn, Observation, system/Observation.s, true",
    "$lastn, Observation, system/Observation.r, false",
    "$everything, Patient, system/Patient.r, true",
    "$validate, Observation, system/Observation.c, true",
    "$validate, Observation, system/Patient.cruds, false",
    "$acknowledge, DetectedIssue, system/DetectedIssue.u, true",
    "$acknowledge, DetectedIssue, system/DetectedIssue.rs, false",
    "$acknowledge, Observation, system/*.cruds, false",
    "$resolve, DetectedIssue, system/*.cruds, true",
    "$erase, Patient, system/*.cruds, true",
    "$erase, Patient, system/*.d, true",
    "$erase, Patient, system/Patient.cruds system/Observation.cruds, false",
    "$erase, Observation, system/*.cruds, false",
    "$export, , system/*.rs, true",
    "$export, Patient, system/Patient.rs, true",
    "$export, Patient, system/Patient.r, false",
    "$export, Patient, system/Patient.cud, false",
    "$export, Device, system/*.rs, false",
    "$export-poll-status, , system/Device.rs, true",
    "$export-poll-status, Patient, system/*.rs, false",
    "$bulk-file, , system/Device.rs, true",
    "$bulk-file, , system/Device.c, true",
    "$bulk-file, Patient, system/*.cruds, false",
    "$import, , system/Device.cs, true",
    "$import, , system/*.rs, false",
    "$import, Device, system/*.cruds, false",
    "$import-poll-status, , system/Device.u, true",
    "$ingest, Observation, system/Observation.cs, true",
    "$ingest, Observation, system/Observation.c, false",
    "$ingest, Patient, system/*.cruds, false",
    "$ingest, , system/*.cruds, false",
    "$graphql, , system/*.rs, true",
    "$graphql, , system/*.r, false",
    "$expunge, , system/*.cruds, false",
    "$reindex, Observation, system/*.cruds, false",
    "$partition-management-create-partition, , system/*.cruds, false"
  })
  void anOperationNeedsItsScopeAndAnUnknownOneIsDenied(
      String operation, String type, String scopes, boolean allowed) {
    AccessDecision decision = client("c", "c", "demo", scopes).orElseThrow();

    assertThat(FhirOperationAccess.allows(operation, type, decision)).isEqualTo(allowed);
  }

  @Test
  void namesTheActorOfTheCurrentThread() {
    VigilUser nurse = new VigilUser("nurse", "{noop}x", DEMO, Role.NURSE, "Demo Nurse");
    SecurityContextHolder.getContext()
        .setAuthentication(
            UsernamePasswordAuthenticationToken.authenticated(nurse, null, nurse.getAuthorities()));

    assertThat(Actors.current()).isEqualTo(new Actor("Practitioner/nurse", "Demo Nurse"));
    assertThat(Actors.tenant()).isEqualTo(DEMO);
  }

  @Test
  void refusesToNameAnActorWhenNobodyIsLoggedIn() {
    assertThatThrownBy(Actors::current).isInstanceOf(ProblemException.class);
  }

  private static AccessDecision person(Role role) {
    VigilUser user = new VigilUser("someone", "{noop}x", DEMO, role, "Demo Someone");
    return AccessDecision.of(
            UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities()))
        .orElseThrow();
  }

  private static Optional<AccessDecision> client(
      String client, String subject, String tenant, String scopes) {
    Jwt.Builder token =
        Jwt.withTokenValue("t")
            .header("alg", "RS256")
            .subject(subject)
            .issuedAt(Instant.EPOCH)
            .claim("client_id", client)
            .claim("scope", scopes);
    if (tenant != null) {
      token.claim("tenant", tenant);
    }
    return AccessDecision.of(new JwtAuthenticationToken(token.build(), List.of()));
  }
}
