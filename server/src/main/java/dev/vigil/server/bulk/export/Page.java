package dev.vigil.server.bulk.export;

import java.util.List;
import org.hl7.fhir.r4.model.Resource;

/**
 * Some resources of an export.
 *
 * @param resources maybe none, although more come
 * @param position to go on after
 * @param last whether nothing comes behind it
 */
record Page(List<Resource> resources, long position, boolean last) {}
