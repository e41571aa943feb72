# Loads every module that came with Perl, each in a process of its own.
# Prints the name of each that does not load, and to the error output why.

use strict;
use warnings;
use Config;
use Cwd "realpath";
use File::Find;

# For other systems, or parts of Net::FTP and of Test2 that nothing else loads.
my $other = qr/Win32|VMS|OS2|MacOS|Cygwin|AmigaOS|Net.FTP.|AsyncSubtest.Formatter/i;

my %modules;
for my $folder (map { realpath $_ } @Config{qw(privlibexp archlibexp)}) {
    find(sub { $modules{ substr $File::Find::name, 1 + length $folder } = 1 if /\.pm$/ }, $folder);
}
my @names = grep { $_ !~ $other } sort keys %modules;
print STDERR scalar(@names), " modules\n";

for my $name (@names) {
    my $child = fork // die "cannot fork: $!";
    if (!$child) {
        open STDOUT, ">", "/dev/null";
        exit(eval { require $name } ? 0 : print(STDERR "$name: $@") && 1);
    }
    waitpid $child, 0;
    print "$name\n" if $?;
}
