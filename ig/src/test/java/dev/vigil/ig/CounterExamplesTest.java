package dev.vigil.ig;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CanonicalType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each counter-example of {@code counter-examples.json} is an example with one thing changed. */
class CounterExamplesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  record CounterExample(
      String name,
      String profile,
      String of,
      String remove,
      String set,
      JsonNode to,
      String expression,
      String error) {

    String resource() throws IOException {
      ObjectNode example = (ObjectNode) JSON.readTree(example(of).json());
      JsonPointer pointer = JsonPointer.compile(remove == null ? set : remove);
      JsonNode parent = example.at(pointer.head());
      String last = pointer.last().getMatchingProperty();
      if (parent instanceof ArrayNode array) {
        array.remove(Integer.parseInt(last));
        if (set != null) {
          array.insert(Integer.parseInt(last), to);
        }
      } else if (set != null) {
        ((ObjectNode) parent).set(last, to);
      } else {
        assertThat(((ObjectNode) parent).remove(last)).as(remove).isNotNull();
      }
      return example.toString();
    }

    @Override
    public String toString() {
      return profile + ": " + name;
    }
  }

  static List<CounterExample> counterExamples() throws IOException {
    try (InputStream in = CounterExamplesTest.class.getResourceAsStream("/counter-examples.json")) {
      return Arrays.asList(JSON.readValue(in, CounterExample[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("counterExamples")
  void failsWhereItIsBroken(CounterExample counterExample) throws IOException {
    assertThat(PackageValidator.errors(counterExample.resource()))
        .anySatisfy(
            error -> {
              assertThat(error.getLocationString()).isEqualTo(counterExample.expression());
              assertThat(error.getMessage()).contains(counterExample.error());
            });
  }

  @ParameterizedTest
  @MethodSource("counterExamples")
  void breaksAnExampleOfItsProfile(CounterExample counterExample) {
    assertThat(PackageValidator.parse(example(counterExample.of()).json()).getMeta().getProfile())
        .extracting(CanonicalType::getValue)
        .containsExactly("https://vigil.dev/fhir/StructureDefinition/" + counterExample.profile());
  }

  @Test
  void everyProfileOfAnExampleHasTwo() throws IOException {
    Map<String, Long> counts =
        counterExamples().stream()
            .collect(Collectors.groupingBy(CounterExample::profile, Collectors.counting()));
    assertThat(counts)
        .containsOnlyKeys(
            "numeric-reading",
            "compound-reading",
            "coded-reading",
            "waveform-reading",
            "monitoring-device",
            "monitoring-metric",
            "alert");
    assertThat(counts.values()).allMatch(count -> count >= 2);
  }

  private static MonitoringPackage.Entry example(String name) {
    return MonitoringPackage.examples().stream()
        .filter(entry -> (entry.type() + "-" + entry.id()).equals(name))
        .findFirst()
        .orElseThrow();
  }
}
