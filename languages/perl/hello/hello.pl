# Answers on $PORT with the version of Perl, the time zone, and what an extension in C says.

use strict;
use warnings;
use FindBin;
use IO::Socket::INET;
use JSON::PP;
use POSIX "strftime";

use lib $FindBin::Bin;
use Native;

# Process 1 gets no default handlers: without this, SIGTERM would do nothing.
$SIG{TERM} = sub { exit };
$SIG{PIPE} = "IGNORE";

my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT} // 8080, Listen => 16, ReuseAddr => 1) or die "$@\n";
while (1) {
    my $client = $server->accept or next;
    while (my $line = <$client>) { last if $line eq "\r\n" }
    my %answer = (
        language => "perl",
        version  => sprintf("%vd", $^V),
        timezone => strftime("%z", localtime),
        native   => Native::answer(),
    );
    my $body = encode_json(\%answer);
    print $client "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
        "Content-Length: ", length $body, "\r\nConnection: close\r\n\r\n$body";
}
