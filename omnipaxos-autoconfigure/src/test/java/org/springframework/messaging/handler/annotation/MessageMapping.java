package org.springframework.messaging.handler.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** Stands for the annotation of spring-messaging, which is no dependency of this module. */
@Retention(RetentionPolicy.RUNTIME)
public @interface MessageMapping {}
