package dev.vigil.server.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IJsonLikeParser;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import ca.uhn.fhir.rest.server.method.ResourceParameter;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Says what is wrong with a body that HAPI could not parse, by parsing it once more while noting
 * where the parser stands. HAPI's own words quote values and tokens of the body, so none of them is
 * repeated.
 */
final class UnreadableBodies {

  private static final String UNREADABLE = "this cannot be read as FHIR";

  private final FhirContext context;
  private final ElementPath paths;
  private final ObjectMapper json = likeHapi();

  UnreadableBodies(FhirContext context) {
    this.context = context;
    this.paths = new ElementPath(context);
  }

  /** Why the body of a request cannot be read; HAPI must have failed to. */
  Problem explain(RequestDetails request) {
    EncodingEnum encoding = RestfulServerUtils.determineRequestEncodingNoDefault(request);
    if (encoding == EncodingEnum.XML) {
      return explainXml(request);
    }
    if (encoding != EncodingEnum.JSON) {
      return unreadable("", UNREADABLE);
    }
    try {
      ObjectNode body = tree(request);
      String expected = expectedType(request);
      return explain(body)
          .orElseGet(
              () ->
                  expected == null || expected.equals(body.path(JsonTrail.TYPE).asText())
                      ? unreadable("", UNREADABLE)
                      : unreadable(expected, "the body is not a resource of this type"));
    } catch (ProblemException notJson) {
      return notJson.problems().get(0);
    }
  }

  /**
   * Why a resource cannot be read.
   *
   * @return empty if it can be read after all
   */
  Optional<Problem> explain(ObjectNode resource) {
    JsonTrail trail = new JsonTrail(resource);
    try {
      ((IJsonLikeParser) context.newJsonParser()).parseResource(trail);
      return Optional.empty();
    } catch (UnreadableElement e) {
      List<JsonTrail.Step> steps = trail.steps();
      return Optional.of(
          unreadable(
              paths.expression(resource, e.isHere() ? steps : paths.toResource(resource, steps)),
              e.getMessage()));
    } catch (RuntimeException e) {
      // HAPI's parser meets some wrong JSON with a NullPointerException.
      return Optional.of(
          unreadable(paths.expression(resource, trail.steps()), reason(trail.steps())));
    }
  }

  /**
   * The body as JSON.
   *
   * @throws ProblemException if it is not an object in JSON
   */
  ObjectNode tree(RequestDetails request) {
    try (Reader reader = ResourceParameter.createRequestReader(request)) {
      if (json.readTree(reader) instanceof ObjectNode object) {
        return object;
      }
      throw new ProblemException(List.of(unreadable("", "the body is not a JSON object")));
    } catch (JsonProcessingException e) {
      throw new ProblemException(List.of(unreadable("", "the body is not JSON" + where(e))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A line as JSON.
   *
   * @throws JsonProcessingException if it is not an object in JSON
   */
  ObjectNode tree(String line) throws JsonProcessingException {
    if (json.readTree(line) instanceof ObjectNode object) {
      return object;
    }
    throw new JsonParseException(null, "no object");
  }

  /** The JSON of a tree, with each number as it was sent. */
  String text(JsonNode tree) {
    try {
      return json.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Problem explainXml(RequestDetails request) {
    IParser parser = context.newXmlParser();
    try (Reader reader = ResourceParameter.createRequestReader(request)) {
      parser.parseResource(reader);
      return unreadable("", UNREADABLE);
    } catch (RuntimeException e) {
      // The XML parser wraps what the error handler throws.
      return unreadable(
          "", e.getCause() instanceof UnreadableElement cause ? cause.getMessage() : UNREADABLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String reason(List<JsonTrail.Step> steps) {
    return !steps.isEmpty() && steps.get(steps.size() - 1).name().equals(JsonTrail.TYPE)
        ? "the type of the resource is missing or unknown"
        : UNREADABLE;
  }

  private static String expectedType(RequestDetails request) {
    if (request.getRestOperationType() == RestOperationTypeEnum.TRANSACTION) {
      return "Bundle";
    }
    return request.getOperation() == null ? request.getResourceName() : null;
  }

  private static String where(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null
        ? ""
        : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static Problem unreadable(String expression, String message) {
    return new Problem(Problem.Kind.UNREADABLE, expression, message);
  }

  /** As HAPI reads JSON: what one accepts, so must the other. */
  private static ObjectMapper likeHapi() {
    ObjectMapper mapper =
        JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
            .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build());
    return mapper;
  }
}
