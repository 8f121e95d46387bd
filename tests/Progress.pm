# Progress: what prove prints while our tests run: a line for each file that ends, with its
# position, and at the end the checks that failed, with their diagnostics, before prove's summary.
#
#	perl -Itests -S prove --formatter Progress FILE...
#
# With -v the output of each file is shown as well: at once if there is one, else when it ends.
package Progress;
use strict;
use warnings;
use parent 'TAP::Formatter::Console';

my ($total, $done, %running, @problems) = (0, 0);

sub prepare
{
	my ($self, @tests) = @_;
	$self->SUPER::prepare(@tests);
	$total = @tests;
	$self->stdout->autoflush(1); # a pipe shows each line when it is written
}

# status: on a terminal, what runs at the moment, in a line that the next output replaces
sub status
{
	my ($self) = @_;
	return unless -t $self->stdout && !$self->verbose;
	my $text = join ' ', sort keys %running;
	$text = substr("[$done/$total] running: $text", 0, 78) if $text;
	$self->_output("\r\e[K$text");
}

sub open_test
{
	my ($self, $test, $parser) = @_;
	$running{$test} = 1;
	$self->status;
	return Progress::Session->new({ name => $test, formatter => $self, parser => $parser });
}

sub close_test
{
	my ($self, $test, $parser, $session) = @_;
	my $time = sprintf '%.1f s', $parser->end_time - $parser->start_time;
	my $what = $parser->skip_all ? 'skipped: ' . $parser->skip_all
		: $parser->has_problems ? "FAILED $time" : "ok $time";
	my $skipped = $parser->skipped;
	$what .= ", $skipped skipped" if $skipped;
	$what .= ", kept $session->{kept}" if $session->{kept};
	$done++;
	delete $running{$test};
	$self->_output("\r\e[K") if -t $self->stdout && !$self->verbose;
	$self->_output($session->{all});
	my $method = $self->_get_output_method($parser);
	$self->$method(sprintf "[%*d/%d] %s %s\n", length $total, $done, $total, $test, $what);
	$self->status;
	return unless $parser->has_problems;
	# What died without a failed check is explained by the last lines that it wrote.
	push @problems, [$test, $session->{failed} || join '', @{ $session->{last} || [] }];
}

sub summary
{
	my ($self, @rest) = @_;
	for my $problem (@problems) {
		$self->_failure_output("\n$problem->[0]:\n");
		$self->_output($problem->[1] || "(no output)\n");
	}
	$self->SUPER::summary(@rest);
}

package Progress::Session;
use parent 'TAP::Formatter::Session';

sub result
{
	my ($self, $result) = @_;
	my $formatter = $self->formatter;
	my $line = $result->raw . "\n";

	$formatter->_failure_output('Bail out! ' . $result->explanation . "\n") if $result->is_bailout;
	$self->{kept} = $1 if $line =~ /^# kept: (.*)/;
	$self->{in_failure} = !$result->is_ok if $result->is_test;
	$self->{in_failure} = 0 if $result->is_plan;
	$self->{failed} .= $line if $self->{in_failure};
	push @{ $self->{last} }, $line;
	shift @{ $self->{last} } if @{ $self->{last} } > 10;
	return unless $formatter->verbose;
	if ($total == 1) {
		$formatter->_output($line);
	} else {
		$self->{all} .= $line;
	}
}

sub close_test
{
	my ($self) = @_;
	my $parser = $self->parser;
	$self->parser(undef); # it refers to us
	$self->{all} //= '';
	$self->formatter->close_test($self->name, $parser, $self);
}

1;
