package dev.vigil.server.hl7;

import java.net.InetAddress;
import java.time.ZoneId;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * HL7 v2 in and out.
 *
 * @param address the listener is bound to; loopback unless said otherwise, since MLLP knows no
 *     login
 * @param port of the MLLP listener; 0 takes a free one
 * @param tenant whose messages come in by this listener; empty for no listener
 * @param zone of times without an offset in messages that name no offset at all
 * @param authorities FHIR identifier system by HL7 assigning authority
 * @param eui Vigil's own EUI-64 in sent messages, sixteen hexadecimal digits; empty for none
 * @param facility Vigil's facility in sent messages (MSH-4)
 */
@Validated
@ConfigurationProperties("vigil.mllp")
public record MllpProperties(
    @DefaultValue("127.0.0.1") InetAddress address,
    @DefaultValue("2575") int port,
    @DefaultValue("") String tenant,
    @DefaultValue("UTC") ZoneId zone,
    @DefaultValue Map<String, String> authorities,
    @DefaultValue("") String eui,
    @DefaultValue("") String facility) {}
