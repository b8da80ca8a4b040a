package dev.vigil.server.bulk.export;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.core.TenantId;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.bulk.Preference;
import dev.vigil.server.bulk.TenantTypes;
import dev.vigil.server.bulk.export.ExportRequest.Level;
import dev.vigil.server.fhir.RequestOrigin;
import dev.vigil.telemetry.delivery.ResourceReader;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Patient;
import org.springframework.stereotype.Component;

/**
 * Makes an {@link ExportRequest} of a request, or refuses it: what the caller may not read, what
 * there is none of, and what would be passed over in silence otherwise.
 */
@Component
class ExportKickOff {

  private static final Set<String> FORMATS =
      Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");

  /** Parameters of a search that say how to answer, not what to find. */
  private static final Set<String> OF_THE_ANSWER =
      Set.of(
          "_include",
          "_revinclude",
          "_sort",
          "_count",
          "_offset",
          "_total",
          "_summary",
          "_elements",
          "_contained",
          "_containedType",
          "_format",
          "_pretty");

  private static final int MOST_PATIENTS = 100_000;

  private final FhirContext context;
  private final MatchUrlService searches;
  private final ResourceReader resources;
  private final TenantTypes exported;
  private final PatientTypes patientTypes;

  ExportKickOff(
      FhirContext context,
      MatchUrlService searches,
      ResourceReader resources,
      TenantTypes exported) {
    this.context = context;
    this.searches = searches;
    this.resources = resources;
    this.exported = exported;
    this.patientTypes = new PatientTypes(context);
  }

  ExportRequest system(RequestDetails request) {
    Asked asked = new Asked(request);
    if (asked.parameters.has(ExportParameters.PATIENT)) {
      throw ExportParameters.refusal(
          ExportParameters.PATIENT, "is for exports of patients and of a Group");
    }
    return asked.build(Level.SYSTEM, null);
  }

  ExportRequest patients(RequestDetails request) {
    Asked asked = new Asked(request);
    asked.demand("Patient");
    List<String> named = asked.patients();
    Set<String> known = resources.readAll(asked.tenant, Patient.class, Set.copyOf(named)).keySet();
    if (!known.containsAll(named)) {
      throw new ProblemException(
          Problem.notFound(
              "Parameters.parameter.where(name='patient')", "there is no such Patient"));
    }
    return asked.build(Level.PATIENT, named.isEmpty() ? null : named);
  }

  ExportRequest group(String id, RequestDetails request) {
    Asked asked = new Asked(request);
    asked.demand("Group");
    asked.demand("Patient");
    Group group =
        resources
            .read(asked.tenant, Group.class, id)
            .orElseThrow(
                () -> new ProblemException(Problem.notFound("Group", "there is no such Group")));
    Set<String> members = new LinkedHashSet<>();
    for (Group.GroupMemberComponent member : group.getMember()) {
      IdType entity = new IdType(member.getEntity().getReference());
      if (!member.getInactive() && "Patient".equals(entity.getResourceType())) {
        members.add(entity.getIdPart());
      }
    }
    List<String> named = asked.patients();
    if (!members.containsAll(named)) {
      throw new ProblemException(
          Problem.notFound(
              "Parameters.parameter.where(name='patient')", "a Patient is no member of the Group"));
    }
    return asked.build(Level.PATIENT, named.isEmpty() ? List.copyOf(members) : named);
  }

  /** One request while it is looked at. */
  private final class Asked {
    private final RequestDetails request;
    private final ExportParameters parameters;
    private final AccessDecision caller;
    private final TenantId tenant;
    private final boolean lenient;

    Asked(RequestDetails request) {
      Preference preference = Preference.of(request);
      preference.demandAsync();
      this.request = request;
      this.lenient = preference.lenient();
      this.parameters = new ExportParameters(request, lenient);
      this.caller = AccessDecision.required();
      this.tenant = RequestOrigin.tenant(request);
    }

    void demand(String type) {
      if (!caller.reads(type)) {
        throw forbidden(type);
      }
    }

    List<String> patients() {
      if (parameters.has(ExportParameters.PATIENT) && !parameters.inPost()) {
        throw ExportParameters.refusal(ExportParameters.PATIENT, "is taken from a POST only");
      }
      List<String> ids = new ArrayList<>();
      for (String reference : parameters.list(ExportParameters.PATIENT)) {
        IdType id = new IdType(reference);
        if (!"Patient".equals(id.getResourceType()) || id.getIdPart() == null) {
          throw ExportParameters.refusal(ExportParameters.PATIENT, "is no reference to a Patient");
        }
        ids.add(id.getIdPart());
      }
      if (ids.size() > MOST_PATIENTS) {
        throw ExportParameters.refusal(ExportParameters.PATIENT, "comes too often");
      }
      return ids;
    }

    ExportRequest build(Level level, List<String> patients) {
      parameters
          .one(ExportParameters.FORMAT)
          .filter(format -> !FORMATS.contains(format.replace(' ', '+')))
          .ifPresent(
              format -> {
                throw ExportParameters.refusal(ExportParameters.FORMAT, "can only be ndjson");
              });
      List<String> types = types(level);
      return new ExportRequest(
          request.getCompleteUrl(), level, types, since(), filters(types), patients);
    }

    private String since() {
      return parameters
          .one(ExportParameters.SINCE)
          .map(
              text -> {
                try {
                  return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
                } catch (DateTimeParseException e) {
                  throw ExportParameters.refusal(
                      ExportParameters.SINCE, "is no instant with an offset");
                }
              })
          .map(Instant::toString)
          .orElse(null);
    }

    private List<String> types(Level level) {
      List<String> named = parameters.list(ExportParameters.TYPE);
      if (named.isEmpty()) {
        List<String> all =
            exported.ofTenants().stream()
                .filter(type -> level == Level.SYSTEM || patientTypes.contain(type))
                .filter(caller::reads)
                .toList();
        if (all.isEmpty()) {
          throw forbidden("any type");
        }
        return all;
      }
      List<String> types = new ArrayList<>();
      for (String type : named) {
        boolean possible =
            exported.knows(type) && (level == Level.SYSTEM || patientTypes.contain(type));
        if (possible) {
          demand(type);
          types.add(type);
        } else if (!lenient) {
          throw ExportParameters.refusal(
              ExportParameters.TYPE, "names a type that is no part of such an export");
        }
      }
      if (types.isEmpty()) {
        throw ExportParameters.refusal(ExportParameters.TYPE, "names nothing to export");
      }
      return types;
    }

    private Map<String, List<String>> filters(List<String> types) {
      Map<String, List<String>> filters = new LinkedHashMap<>();
      for (String filter : parameters.filters()) {
        String type = filter.contains("?") ? filter.substring(0, filter.indexOf('?')) : "";
        if (!types.contains(type)) {
          throw ExportParameters.refusal(
              ExportParameters.FILTER, "has to begin with a type of the export and ?");
        }
        check(type, filter);
        filters.computeIfAbsent(type, key -> new ArrayList<>()).add(filter);
      }
      return filters;
    }

    private void check(String type, String filter) {
      Set<String> names = new HashSet<>();
      for (String pair : filter.substring(filter.indexOf('?') + 1).split("&")) {
        names.add(pair.split("[:.=]", 2)[0]);
      }
      names.retainAll(OF_THE_ANSWER);
      if (!names.isEmpty()) {
        throw ExportParameters.refusal(
            ExportParameters.FILTER, "may only say what to find, not how to answer");
      }
      if (!caller.allowsSearch(type, filter, context)) {
        throw forbidden("what a filter asks");
      }
      try {
        SearchParameterMap map =
            searches.translateMatchUrl(filter, context.getResourceDefinition(type));
        if (map.isEmpty() && map.getLastUpdated() == null) {
          throw ExportParameters.refusal(ExportParameters.FILTER, "asks nothing that is known");
        }
      } catch (BaseServerResponseException | DataFormatException | IllegalArgumentException e) {
        // HAPI's words quote the search.
        throw ExportParameters.refusal(ExportParameters.FILTER, "is no search of that type");
      }
    }

    private ProblemException forbidden(String what) {
      return new ProblemException(
          new Problem(
              Problem.Kind.FORBIDDEN,
              "",
              "the scopes of the caller do not allow to read and search " + what));
    }
  }
}
