package dev.vigil.server.bulk.load;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import dev.vigil.server.bulk.Preference;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.server.bulk.load.ImportRequest.Input;
import dev.vigil.server.delivery.DeliveryProperties;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.delivery.RemoteAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.springframework.stereotype.Component;

/**
 * Makes an {@link ImportRequest} of the Parameters of a request, as HAPI and others take them:
 * {@code inputFormat}, {@code inputSource}, {@code storageDetail.type} and {@code input} with
 * {@code type} and {@code url}. What is not known is refused.
 */
@Component
class ImportKickOff {

  private static final Set<String> FORMATS =
      Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");

  /** What others refer to comes first, whatever the order of the inputs. */
  private static final List<String> FIRST =
      List.of(
          "Organization",
          "Location",
          "Practitioner",
          "PractitionerRole",
          "Patient",
          "RelatedPerson",
          "Group",
          "DeviceDefinition",
          "Device",
          "DeviceMetric",
          "EpisodeOfCare",
          "Encounter",
          "ServiceRequest",
          "DeviceRequest",
          "Specimen",
          "Observation");

  private static final int MOST_INPUTS = 1_000;

  private final TenantTypes types;
  private final RemoteAddress addresses;

  ImportKickOff(TenantTypes types, DeliveryProperties delivery) {
    this.types = types;
    this.addresses = new RemoteAddress(delivery.privateAddresses());
  }

  ImportRequest read(RequestDetails request) {
    Preference.of(request).demandAsync();
    AccessDecision caller = AccessDecision.required();
    if (!(request.getResource() instanceof Parameters body)) {
      throw new ProblemException(Problem.invalid("Parameters", "an import needs Parameters"));
    }
    TenantId tenant = RequestOrigin.tenant(request);
    List<Input> inputs = new ArrayList<>();
    for (ParametersParameterComponent one : body.getParameter()) {
      switch (String.valueOf(one.getName())) {
        case "inputFormat" -> {
          if (!FORMATS.contains(text(one))) {
            throw refusal("inputFormat", "can only be application/fhir+ndjson");
          }
        }
        case "inputSource" -> text(one);
        case "storageDetail" -> demandPlainHttp(one);
        case "input" -> inputs.add(input(one, tenant, caller));
        default ->
            throw new ProblemException(
                Problem.invalid("Parameters.parameter", "a parameter is not supported here"));
      }
    }
    if (inputs.isEmpty() || inputs.size() > MOST_INPUTS) {
      throw refusal("input", "comes 1 to " + MOST_INPUTS + " times");
    }
    inputs.sort(Comparator.comparingInt(ImportKickOff::rank));
    return new ImportRequest(request.getCompleteUrl(), inputs);
  }

  private static int rank(Input input) {
    int place = FIRST.indexOf(input.type());
    return place < 0 ? FIRST.size() : place;
  }

  private static void demandPlainHttp(ParametersParameterComponent detail) {
    for (ParametersParameterComponent part : detail.getPart()) {
      boolean http =
          "type".equals(part.getName())
              && (text(part).equals("https") || text(part).equals("http"));
      if (!http) {
        throw refusal("storageDetail", "can only say the type https or http");
      }
    }
  }

  private Input input(ParametersParameterComponent input, TenantId tenant, AccessDecision caller) {
    String type = null;
    String url = null;
    for (ParametersParameterComponent part : input.getPart()) {
      switch (String.valueOf(part.getName())) {
        case "type" -> type = text(part);
        case "url" -> url = text(part);
        default -> throw refusal("input", "has a part that is not supported here");
      }
    }
    if (type == null || url == null) {
      throw refusal("input", "needs a type and a url");
    }
    if (!types.isTenants(type)) {
      throw refusal("input", "has a type that cannot be imported");
    }
    boolean creates =
        caller.allows(type, Permission.CREATE) && caller.allows(type, Permission.SEARCH);
    boolean updates = caller.allows(type, Permission.UPDATE);
    if (!creates && !updates) {
      throw new ProblemException(
          new Problem(
              Problem.Kind.FORBIDDEN,
              "",
              "the scopes of the caller do not allow to import " + type));
    }
    try {
      addresses.check(url);
    } catch (DeliveryFailedException e) {
      throw refusal("input", "has a url that may not be called: " + e.getMessage());
    }
    return new Input(type, url, creates, updates);
  }

  private static String text(ParametersParameterComponent one) {
    if (one.hasValue() && one.getValue().isPrimitive()) {
      return one.getValue().primitiveValue();
    }
    throw new ProblemException(
        Problem.invalid("Parameters.parameter", "a parameter has no value to read"));
  }

  private static ProblemException refusal(String name, String why) {
    return new ProblemException(
        Problem.invalid("Parameters.parameter.where(name='" + name + "')", name + " " + why));
  }
}
