package dev.vigil.hl7.er7;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hl7TimeTest {

  @Test
  void takesTheOffsetThatIsGiven() {
    assertThat(Hl7Time.moment("20120111150457-0600", ZoneOffset.UTC))
        .contains(OffsetDateTime.parse("2012-01-11T15:04:57-06:00"));
    assertThat(Hl7Time.moment("201201111504", ZoneOffset.UTC))
        .contains(OffsetDateTime.parse("2012-01-11T15:04:00Z"));
    assertThat(Hl7Time.moment("20120111150457.25+0000", ZoneOffset.UTC))
        .contains(OffsetDateTime.parse("2012-01-11T15:04:57.25Z"));
  }

  @Test
  void takesTheZoneWhereNoOffsetIsGiven() {
    assertThat(Hl7Time.moment("20260701120000", ZoneId.of("Europe/Berlin")))
        .contains(OffsetDateTime.parse("2026-07-01T12:00:00+02:00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2012",
        "20120111",
        "2012011115",
        "20121311150457",
        "now",
        "20120111150457-9900"
      })
  void refusesWhatIsNoMoment(String text) {
    assertThat(Hl7Time.moment(text, ZoneOffset.UTC)).isEmpty();
  }

  @Test
  void readsDaysAndWritesMoments() {
    assertThat(Hl7Time.day("19610301000000-0600")).contains(LocalDate.of(1961, 3, 1));
    assertThat(Hl7Time.day("1961")).isEmpty();
    assertThat(Hl7Time.write(Instant.parse("2026-03-01T12:00:00Z")))
        .isEqualTo("20260301120000+0000");
    assertThat(Hl7Time.write(Instant.parse("2026-03-01T12:00:00.250Z")))
        .isEqualTo("20260301120000.250+0000");
  }
}
