package dev.vigil.server.fhir;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildChoiceDefinition;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Turns a place in a resource's JSON into FHIRPath. */
final class ElementPath {

  private final FhirContext context;

  ElementPath(FhirContext context) {
    this.context = context;
  }

  /**
   * The expression as far as FHIRPath can say it: a name that is none, and everything below it, is
   * left out.
   *
   * @param resource the root
   * @param steps from the root to the place
   * @return for example {@code Observation.value.ofType(Quantity).unit}
   */
  String expression(JsonNode resource, List<JsonTrail.Step> steps) {
    JsonNode node = resource;
    BaseRuntimeElementDefinition<?> type = resourceType(resource);
    StringBuilder path = new StringBuilder(type == null ? "Resource" : type.getName());
    for (JsonTrail.Step step : steps) {
      String name = step.name().startsWith("_") ? step.name().substring(1) : step.name();
      if (name.equals(JsonTrail.TYPE) || !UnreadableElement.isName(name)) {
        break;
      }
      node = node.path(step.name());
      BaseRuntimeChildDefinition child = child(type, name);
      BaseRuntimeElementDefinition<?> found = child == null ? null : child.getChildByName(name);
      if (found != null
          && child instanceof RuntimeChildChoiceDefinition
          && !name.equals(child.getElementName())) {
        path.append('.').append(child.getElementName());
        path.append(".ofType(").append(found.getName()).append(')');
      } else {
        path.append('.').append(name);
      }
      // Of a primitive, which has no children to HAPI.
      type = found == null && name.endsWith("xtension") ? extension() : found;
      if (step.index() >= 0) {
        node = node.path(step.index());
        path.append('[').append(step.index()).append(']');
      }
      BaseRuntimeElementDefinition<?> resourceType = resourceType(node);
      if (resourceType != null) {
        type = resourceType;
        path.append(".ofType(").append(type.getName()).append(')');
      }
    }
    return path.toString();
  }

  /** Of the steps those that lead to the innermost resource on the way. */
  List<JsonTrail.Step> toResource(JsonNode resource, List<JsonTrail.Step> steps) {
    JsonNode node = resource;
    int length = 0;
    for (int i = 0; i < steps.size(); i++) {
      JsonTrail.Step step = steps.get(i);
      node = node.path(step.name());
      node = step.index() < 0 ? node : node.path(step.index());
      if (node.has(JsonTrail.TYPE)) {
        length = i + 1;
      }
    }
    return steps.subList(0, length);
  }

  private BaseRuntimeElementDefinition<?> resourceType(JsonNode node) {
    String name = node.path(JsonTrail.TYPE).asText();
    return context.getResourceTypes().contains(name) ? context.getResourceDefinition(name) : null;
  }

  private BaseRuntimeElementDefinition<?> extension() {
    return context.getElementDefinition("Extension");
  }

  private static BaseRuntimeChildDefinition child(
      BaseRuntimeElementDefinition<?> type, String name) {
    return type instanceof BaseRuntimeElementCompositeDefinition<?> composite
        ? composite.getChildByName(name)
        : null;
  }
}
