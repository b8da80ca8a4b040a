package dev.vigil.server.bulk.lines;

import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.util.UrlUtil;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.fhir.Refusals;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.server.observation.RequestIds;
import dev.vigil.telemetry.log.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryRequestComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Through HAPI's transactions: all of the resources in one; when that is refused, in two halves,
 * and so on down to the one that is at fault.
 */
@Component
class TransactionIntake {

  private static final Logger log = LoggerFactory.getLogger(TransactionIntake.class);

  private final IFhirSystemDao<Bundle, Meta> store;

  TransactionIntake(IFhirSystemDao<Bundle, Meta> store) {
    this.store = store;
  }

  /** A line and what it says. */
  private record Read(Incoming line, Resource resource) {}

  /**
   * Stores as {@link ResourceIntake#take} says.
   *
   * @param committed told of each line that was stored, with the resource as it is stored
   */
  List<Taken> take(
      TenantId tenant,
      Source source,
      List<Incoming> lines,
      BiConsumer<Incoming, Resource> committed) {
    Taken[] taken = new Taken[lines.size()];
    List<Read> readable = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      try {
        readable.add(new Read(lines.get(i), lines.get(i).resource()));
        places.add(i);
      } catch (ProblemException e) {
        taken[i] = Taken.refused(e.problems());
      }
    }
    List<Taken> stored = store(tenant, source, readable, committed);
    for (int i = 0; i < stored.size(); i++) {
      taken[places.get(i)] = stored.get(i);
    }
    return List.of(taken);
  }

  private List<Taken> store(
      TenantId tenant, Source source, List<Read> lines, BiConsumer<Incoming, Resource> committed) {
    if (lines.isEmpty()) {
      return List.of();
    }
    try {
      return transaction(tenant, source, lines, committed);
    } catch (BaseServerResponseException e) {
      if (lines.size() == 1) {
        return List.of(refused(e));
      }
    } catch (RuntimeException e) {
      // Not the resources' fault, and halving would not help.
      return failed(e, lines.size());
    }
    int half = lines.size() / 2;
    List<Taken> taken = new ArrayList<>(store(tenant, source, lines.subList(0, half), committed));
    taken.addAll(store(tenant, source, lines.subList(half, lines.size()), committed));
    return taken;
  }

  private List<Taken> transaction(
      TenantId tenant, Source source, List<Read> lines, BiConsumer<Incoming, Resource> committed) {
    Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
    List<Resource> copies = new ArrayList<>();
    for (Read line : lines) {
      // A copy: HAPI writes into it, also when all is rolled back.
      Resource copy = line.resource().copy();
      copies.add(copy);
      ask(bundle.addEntry().setResource(copy).getRequest(), line.resource());
    }
    // Without the Bundle as its resource: what is refused is then named within its own line.
    SystemRequestDetails request = RequestOrigin.system(tenant, source);
    request.setRequestId(RequestIds.next());
    List<Taken> taken =
        store.transaction(request, bundle).getEntry().stream()
            .map(entry -> taken(entry.getResponse()))
            .toList();
    for (int i = 0; i < taken.size(); i++) {
      if (taken.get(i).status() == 201) {
        committed.accept(lines.get(i).line(), copies.get(i));
      }
    }
    return taken;
  }

  private static void ask(BundleEntryRequestComponent request, Resource resource) {
    String type = resource.fhirType();
    if (resource.getIdElement().hasIdPart()) {
      request.setMethod(HTTPVerb.PUT).setUrl(type + "/" + resource.getIdElement().getIdPart());
      return;
    }
    request.setMethod(HTTPVerb.POST).setUrl(type);
    identifier(resource)
        .ifPresent(
            known ->
                request.setIfNoneExist(
                    "identifier="
                        + UrlUtil.escapeUrlParam(
                            escaped(known.getSystem()) + "|" + escaped(known.getValue()))));
  }

  private static Optional<Identifier> identifier(Resource resource) {
    Property property = resource.getNamedProperty("identifier");
    if (property == null) {
      return Optional.empty();
    }
    for (Base value : property.getValues()) {
      if (value instanceof Identifier known && known.hasSystem() && known.hasValue()) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** FHIR R4 section 3.1.1.4.0.3: these separate values in a search. */
  private static String escaped(String text) {
    return text.replaceAll("([\\\\$,|])", "\\\\$1");
  }

  private static Taken taken(Bundle.BundleEntryResponseComponent response) {
    return Taken.at(Integer.parseInt(response.getStatus().substring(0, 3)), response.getLocation());
  }

  private static Taken refused(BaseServerResponseException refusal) {
    return Taken.refused(Refusals.asProblems(refusal).problems());
  }

  /** The message may quote a resource: only where it happened is logged. */
  private static List<Taken> failed(RuntimeException failure, int count) {
    String incident = UUID.randomUUID().toString();
    RuntimeException safe = new RuntimeException(failure.getClass().getName());
    safe.setStackTrace(failure.getStackTrace());
    log.error("lines were not stored incident={}", incident, safe);
    Problem problem =
        new Problem(
            Problem.Kind.UNAVAILABLE, "", "the server failed, send it again; incident " + incident);
    List<Taken> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(Taken.refused(List.of(problem)));
    }
    return all;
  }
}
