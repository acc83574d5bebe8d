/**
 * A certificate for localhost that signs itself, and its key, for the loopback servers of the tests. It is worth
 * nothing anywhere else. Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500`.
 */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBqTCCAU+gAwIBAgIUOu9tjoN5T/TOTUmW2dVhEfLQARcwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQa3ViZWN0bC1zdHMgdGVzdDAgFw0yNjExMjExNzQ4MjNaGA8y
MTI2MTAyODE3NDgyM1owGzEZMBcGA1UEAwwQa3ViZWN0bC1zdHMgdGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABFWJM+ZhaHiQTyNU5q5pjyqDaTdR1LcuNW2N
q3t+O4f0slPyXtoOGUMHppuzp5+VxnoiTRgw2tBkWdOq2IpQK9SjbzBtMB0GA1Ud
DgQWBBRQ+9ljY04KH+o2CTX8e2mlsHG0vDAfBgNVHSMEGDAWgBRQ+9ljY04KH+o2
CTX8e2mlsHG0vDAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAFpOCtgYQO/Y4HgQk6tD6kj2LalRNm
1tSE90zDXKR4KwIhAMb4GH3glryGdTXESGglphc05cwYIKwrBjqtxNotyaqQ
-----END CERTIFICATE-----
`;

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgm9WqXNJnhmv62i4B
a4/MSyh5mqN0G1F34siFxaaVqhqhRANCAARViTPmYWh4kE8jVOauaY8qg2k3UdS3
LjVtjat7fjuH9LJT8l7aDhlDB6abs6eflcZ6Ik0YMNrQZFnTqtiKUCvU
-----END PRIVATE KEY-----
`;
