# Loads every library of Ruby and of the gems bundled with it, and every shared object, each in a process of its own.
# Prints the name of each that does not load, and to the error output why.

require "rbconfig"

gems = Gem::Specification.reject(&:default_gem?).uniq(&:name)
gems.each { |each| gem each.name }
folders = [*RbConfig::CONFIG.values_at("rubylibdir", "rubyarchdir"), *gems.flat_map(&:full_require_paths)]

# What is below a folder is loaded by the library of its name, and alone only where there is none: net/http.
def libraries(folder)
  tops = Dir.glob("*.rb", base: folder).map { |file| file.delete_suffix(".rb") }
  below = Dir.glob("*/*.rb", base: folder).reject { |file| tops.include?(File.dirname(file)) }
  tops + (below + Dir.glob("**/*.so", base: folder)).map { |file| file.sub(/\.\w+$/, "") }
end

def loads?(feature)
  Process.wait(fork do
    $stdout.reopen(File::NULL)
    require feature
    exit!(true)
  end)
  $?.success?
end

features = folders.flat_map { |folder| libraries(folder) }.uniq.sort
warn "#{features.size} libraries"
features.each { |feature| puts feature unless loads?(feature) }
