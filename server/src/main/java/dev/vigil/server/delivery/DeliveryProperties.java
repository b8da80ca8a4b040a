package dev.vigil.server.delivery;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What may be sent where.
 *
 * @param privateAddresses whether webhooks may call private networks and this machine; the demo may
 */
@ConfigurationProperties("vigil.delivery")
public record DeliveryProperties(@DefaultValue("false") boolean privateAddresses) {}
