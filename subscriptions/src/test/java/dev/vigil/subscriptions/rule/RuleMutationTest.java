package dev.vigil.subscriptions.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.ProblemException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Each constant of a rule, moved by one step up and down, breaks at least one of its vectors. */
class RuleMutationTest {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(com.fasterxml.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static final Map<String, String> OTHER =
      Map.of(
          "high",
          "medium",
          "medium",
          "low",
          "low",
          "tech",
          "applies",
          "does-not-apply",
          "does-not-apply",
          "applies",
          "<",
          "<=",
          "<=",
          "<",
          ">",
          ">=",
          ">=",
          ">");

  @SuppressWarnings("unused")
  static final List<String> RULES = ShippedRules.IDS;

  @ParameterizedTest
  @FieldSource("RULES")
  void noConstantMovesUnnoticed(String id) throws IOException {
    ObjectNode plan = (ObjectNode) JSON.readTree(ShippedRules.json(id));
    List<Vector> vectors = Vector.of(id);
    List<String> unnoticed = new ArrayList<>();
    List<Runnable> mutations = new ArrayList<>();
    collect(plan, "", mutations, plan, vectors, unnoticed);
    mutations.forEach(Runnable::run);

    assertThat(mutations).isNotEmpty();
    assertThat(unnoticed).isEmpty();
  }

  private void collect(
      ObjectNode node,
      String path,
      List<Runnable> mutations,
      ObjectNode plan,
      List<Vector> vectors,
      List<String> unnoticed) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode value = node.get(name);
      String here = path + "." + name;
      if (name.equals("trigger") || name.equals("relatedArtifact")) {
        continue;
      }
      if (value.isObject()) {
        collect((ObjectNode) value, here, mutations, plan, vectors, unnoticed);
      } else if (value.isArray()) {
        for (int i = 0; i < value.size(); i++) {
          if (value.get(i).isObject()) {
            collect(
                (ObjectNode) value.get(i),
                here + "[" + i + "]",
                mutations,
                plan,
                vectors,
                unnoticed);
          }
        }
      } else {
        for (JsonNode moved : moved(node, name, value)) {
          mutations.add(
              () -> {
                node.set(name, moved);
                if (survives(plan, vectors)) {
                  unnoticed.add(here + ": " + value + " as " + moved);
                }
                node.set(name, value);
              });
        }
      }
    }
  }

  private static List<JsonNode> moved(ObjectNode node, String name, JsonNode value) {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      BigDecimal step = BigDecimal.ONE.movePointLeft(Math.max(0, number.scale()));
      return List.of(
          DecimalNode.valueOf(number.add(step)), DecimalNode.valueOf(number.subtract(step)));
    }
    boolean word =
        name.equals("comparator") || name.equals("valueCode") && OTHER.containsKey(value.asText());
    if (word) {
      return List.of(JSON.valueToTree(OTHER.get(value.asText())));
    }
    boolean once = "once".equals(node.path("url").asText());
    if (name.equals("valueBoolean") && !once) {
      return List.of(JSON.valueToTree(!value.asBoolean()));
    }
    boolean mdc = "urn:iso:std:iso:11073:10101".equals(node.path("system").asText());
    return name.equals("code") && mdc
        ? List.of(JSON.valueToTree(Integer.toString(value.asInt() + 1)))
        : List.of();
  }

  /** A mutant that does not compile is noticed too: it never loads. */
  private static boolean survives(ObjectNode plan, List<Vector> vectors) {
    Rule mutant;
    try {
      mutant = ShippedRules.compiler().compile(ShippedRules.plan(plan.toString()));
    } catch (ProblemException e) {
      return false;
    }
    return vectors.stream()
        .allMatch(vector -> ShippedRules.decide(List.of(mutant), vector).equals(vector.expected()));
  }
}
