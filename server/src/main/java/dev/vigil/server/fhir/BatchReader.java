package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationConstants;
import ca.uhn.fhir.rest.server.method.ResourceParameter;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.io.Reader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;

/**
 * Reads the Bundles in JSON that come to the endpoint, in the place of HAPI, which refuses all of a
 * batch for one entry that it cannot parse. Here such an entry is refused by itself.
 *
 * <p>A Bundle that can be read is parsed once, just as HAPI would. Only else are the entries of a
 * batch tried one by one; an empty entry takes the place of each that cannot be read, and is
 * refused with what was found when its turn comes.
 */
@Interceptor
final class BatchReader {

  private static final String REFUSED = BatchReader.class.getName() + ".refused";

  /** With this header HAPI stores a batch at once, so that one entry refuses all. */
  private static final String TRY_BATCH_AS_TRANSACTION = "X-Transaction-Semantics";

  private static final String ALONE = "Bundle.entry[0]";

  private final int maxEntries;
  private final UnreadableBodies unreadable;

  BatchReader(int maxEntries, UnreadableBodies unreadable) {
    this.maxEntries = maxEntries;
    this.unreadable = unreadable;
  }

  /** Once it is known who calls. HAPI does not parse a request that has its resource. */
  @Hook(
      value = Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED,
      order = AuthorizationConstants.ORDER_AUTH_INTERCEPTOR + 1)
  void read(RequestDetails request) {
    if (request.getRestOperationType() == RestOperationTypeEnum.TRANSACTION
        && RestfulServerUtils.determineRequestEncodingNoDefault(request) == EncodingEnum.JSON) {
      Bundle bundle = parse(request);
      if (eachEntryByItself(request, bundle.getType() == BundleType.BATCH)) {
        refuseEntriesWithoutMethod(bundle);
      }
      request.setResource(bundle);
    }
  }

  /** HAPI runs each entry of a batch as a transaction of one. Before it is judged by its method. */
  @Hook(Pointcut.STORAGE_TRANSACTION_PROCESSING)
  void refuse(IBaseBundle processed) {
    if (processed instanceof Bundle bundle
        && bundle.getType() == BundleType.TRANSACTION
        && bundle.getEntry().size() == 1
        && bundle.getEntry().get(0).getUserData(REFUSED) instanceof Problem problem) {
      throw Refusals.asHttp(List.of(problem));
    }
  }

  private Bundle parse(RequestDetails request) {
    Reader body = ResourceParameter.createRequestReader(request);
    try {
      return parser(request).parseResource(Bundle.class, body);
    } catch (RuntimeException e) {
      // Mostly a DataFormatException, but some wrong JSON makes HAPI's parser fail otherwise.
      return parseApart(request);
    }
  }

  private Bundle parseApart(RequestDetails request) {
    ObjectNode body;
    try {
      body = unreadable.tree(request);
    } catch (ProblemException notJson) {
      throw Refusals.asHttp(notJson.problems());
    }
    boolean batch =
        body.path(JsonTrail.TYPE).asText().equals("Bundle")
            && body.path("type").asText().equals(BundleType.BATCH.toCode());
    if (!eachEntryByItself(request, batch) || !(body.get("entry") instanceof ArrayNode entries)) {
      throw Refusals.asHttp(List.of(unreadable.explain(request)));
    }
    AnswerShape.refuseAbove(maxEntries, entries.size());
    Map<Integer, Problem> refused = takeOut(entries);
    Bundle bundle;
    try {
      bundle = parser(request).parseResource(Bundle.class, unreadable.text(body));
    } catch (RuntimeException e) {
      // What is wrong is not in an entry.
      throw Refusals.asHttp(List.of(unreadable.explain(request)));
    }
    refused.forEach((place, problem) -> mark(bundle.getEntry().get(place), problem));
    return bundle;
  }

  private Map<Integer, Problem> takeOut(ArrayNode entries) {
    Map<Integer, Problem> refused = new TreeMap<>();
    for (int i = 0; i < entries.size(); i++) {
      ObjectNode alone = entries.objectNode();
      alone.put(JsonTrail.TYPE, "Bundle");
      alone.putArray("entry").add(entries.get(i));
      Optional<Problem> problem = unreadable.explain(alone);
      if (problem.isPresent()) {
        refused.put(i, at(i, problem.get()));
        entries.set(i, entries.objectNode());
      }
    }
    return refused;
  }

  private static Problem at(int place, Problem found) {
    String within =
        found.expression().startsWith(ALONE) ? found.expression().substring(ALONE.length()) : "";
    return new Problem(found.kind(), "Bundle.entry[" + place + "]" + within, found.message());
  }

  /** HAPI fails at the whole batch. */
  private static void refuseEntriesWithoutMethod(Bundle batch) {
    for (int i = 0; i < batch.getEntry().size(); i++) {
      BundleEntryComponent entry = batch.getEntry().get(i);
      if (!entry.getRequest().hasMethod()) {
        mark(
            entry,
            new Problem(
                Problem.Kind.UNREADABLE,
                "Bundle.entry[" + i + "].request.method",
                "an entry of a batch needs a method"));
      }
    }
  }

  /** The method is only there because HAPI sorts the entries by it. */
  private static void mark(BundleEntryComponent entry, Problem problem) {
    entry.setUserData(REFUSED, problem);
    entry.getRequest().setMethod(HTTPVerb.POST);
  }

  private static boolean eachEntryByItself(RequestDetails request, boolean batch) {
    return batch && request.getHeader(TRY_BATCH_AS_TRANSACTION) == null;
  }

  private static IParser parser(RequestDetails request) {
    IParser parser = request.getFhirContext().newJsonParser();
    parser.setServerBaseUrl(request.getFhirServerBase());
    return parser;
  }
}
