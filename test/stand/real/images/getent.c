/*
 * getent ahosts NAME..., for an image whose C library is musl. It does what the one of Alpine's musl-utils does where
 * that differs from glibc's: it ends with 2 at the first name that is not found, and repeats the name on each line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char *const types[] = {[SOCK_STREAM] = "STREAM", [SOCK_DGRAM] = "DGRAM", [SOCK_RAW] = "RAW"};

static int look_up(const char *name)
{
	const struct addrinfo hints = {.ai_flags = AI_ADDRCONFIG | AI_CANONNAME};
	struct addrinfo *found;
	char address[INET6_ADDRSTRLEN];

	if (getaddrinfo(name, NULL, &hints, &found) != 0)
		return 2;
	for (const struct addrinfo *one = found; one; one = one->ai_next) {
		const void *bytes = one->ai_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)one->ai_addr)->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)one->ai_addr)->sin6_addr;
		const char *canonical = one->ai_canonname ? one->ai_canonname : "";

		inet_ntop(one->ai_family, bytes, address, sizeof address);
		printf("%-15s %-6s %s\n", address, types[one->ai_socktype], canonical);
	}
	freeaddrinfo(found);
	return 0;
}

int main(int count, char *words[])
{
	if (count < 2 || strcmp(words[1], "ahosts") != 0) {
		fprintf(stderr, "getent: Unknown database `%s'\n", count < 2 ? "" : words[1]);
		return 1;
	}
	for (int at = 2; at < count; at++) {
		int failure = look_up(words[at]);

		if (failure)
			return failure;
	}
	return 0;
}
