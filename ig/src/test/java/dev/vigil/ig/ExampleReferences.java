package dev.vigil.ig;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.elementmodel.JsonParser;
import org.hl7.fhir.r5.model.CanonicalResource;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.utils.validation.IResourceValidator;
import org.hl7.fhir.r5.utils.validation.IValidatorResourceFetcher;

/** Resolves references among the examples, so that the validator can check their targets. */
final class ExampleReferences implements IValidatorResourceFetcher {

  @Override
  public Element fetch(IResourceValidator validator, Object context, String url)
      throws IOException {
    for (MonitoringPackage.Entry example : MonitoringPackage.examples()) {
      if (url.equals(example.type() + "/" + example.id())) {
        byte[] json = example.json().getBytes(StandardCharsets.UTF_8);
        return new JsonParser(validator.getContext())
            .parse(new ByteArrayInputStream(json))
            .get(0)
            .getElement();
      }
    }
    return null;
  }

  @Override
  public boolean resolveURL(
      IResourceValidator validator,
      Object context,
      String path,
      String url,
      String type,
      boolean canonical,
      List<CanonicalType> targets) {
    return true;
  }

  @Override
  public byte[] fetchRaw(IResourceValidator validator, String url) {
    throw new UnsupportedOperationException(url);
  }

  @Override
  public IValidatorResourceFetcher setLocale(Locale locale) {
    return this;
  }

  @Override
  public CanonicalResource fetchCanonicalResource(
      IResourceValidator validator, Object context, String url) {
    return null;
  }

  @Override
  public boolean fetchesCanonicalResource(IResourceValidator validator, String url) {
    return false;
  }

  @Override
  public Set<ResourceVersionInformation> fetchCanonicalResourceVersions(
      IResourceValidator validator, Object context, String url) {
    return Set.of();
  }
}
