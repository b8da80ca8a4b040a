package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodesTest {

  record Term(String code, int partition, int term, String name) {}

  static Set<String> loincCodes() {
    return PackageContent.codes("http://loinc.org");
  }

  static List<Term> terms() throws IOException {
    try (InputStream in = CodesTest.class.getResourceAsStream("/mdc-terms.csv")) {
      String csv = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return csv.lines().skip(1).map(line -> line.split(",")).map(CodesTest::term).toList();
    }
  }

  private static Term term(String[] cells) {
    return new Term(cells[0], Integer.parseInt(cells[1]), Integer.parseInt(cells[2]), cells[3]);
  }

  /** LOINC's check digit is that of Luhn (mod 10). */
  @ParameterizedTest
  @MethodSource("loincCodes")
  void aLoincCodePassesItsCheckDigit(String code) {
    assertThat(code).matches("\\d{1,7}-\\d");
    int sum = 0;
    String digits = code.replace("-", "");
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighted = i % 2 == 0 ? digit : 2 * digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    assertThat(sum % 10).as(code).isZero();
  }

  @Test
  void theCheckDigitTellsTheWidelyCopiedOxygenCodeFromTheRealOne() {
    assertThat(loincCodes()).contains("3150-0").doesNotContain("3150-6");
  }

  @ParameterizedTest
  @MethodSource("terms")
  void anMdcCodeIsItsPartitionAndTerm(Term term) {
    assertThat(term.partition() * 65536 + term.term()).isEqualTo(Integer.parseInt(term.code()));
  }

  @Test
  void everyMdcCodeOfThePackageIsListedWithPartitionAndTerm() throws IOException {
    Set<String> listed = terms().stream().map(Term::code).collect(Collectors.toSet());
    assertThat(listed).containsAll(PackageContent.codes("urn:iso:std:iso:11073:10101"));
  }

  @Test
  void everyMetricCodeOfTheExamplesIsInAValueSetOrIsAGroupOrAWaveform() {
    Set<String> groupsAndWaveforms = Set.of("720908", "131328", "131329", "131330");
    Set<String> metrics =
        Stream.of("device", "glucose", "oxygen", "pacemaker", "vital-signs")
            .flatMap(family -> valueSetCodes("metric-" + family))
            .collect(Collectors.toSet());
    Stream<String> measured =
        MonitoringPackage.examples().stream()
            .filter(entry -> entry.type().equals("Observation"))
            .flatMap(entry -> PackageContent.tree(entry).findValues("code").stream())
            .flatMap(code -> code.path("coding").findValuesAsText("code").stream())
            .filter(code -> !groupsAndWaveforms.contains(code));
    assertThat(metrics).containsAll(measured.toList());
  }

  private static Stream<String> valueSetCodes(String id) {
    return MonitoringPackage.conformance().stream()
        .filter(entry -> entry.type().equals("ValueSet") && entry.id().equals(id))
        .flatMap(entry -> PackageContent.tree(entry).findValuesAsText("code").stream());
  }
}
